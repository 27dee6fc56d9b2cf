let context: AudioContext | null = null;

/** Two short soft tones, made here: there is no file to load. Silent where the browser allows no sound yet. */
export function playArrival(): void {
  // Before the person has touched the page a browser plays nothing, and complains.
  if ("userActivation" in navigator && !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  if (context.state !== "running") {
    void context.resume();
    return;
  }
  tone(context, 660, 0);
  tone(context, 880, 0.09);
}

function tone(audio: AudioContext, frequency: number, after: number): void {
  const from = audio.currentTime + after;
  const oscillator = audio.createOscillator();
  const volume = audio.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.12, from + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.001, from + 0.22);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + 0.25);
}
