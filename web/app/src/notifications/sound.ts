let context: AudioContext | null = null;

/** A sound that comes later than this tells of nothing. */
const IN_TIME_MS = 1000;

/** Two short soft tones, made here: there is no file to load. Silent where the browser allows no sound yet. */
export async function playArrival(): Promise<void> {
  // Before the person has touched the page a browser plays nothing, and complains.
  if ("userActivation" in navigator && !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  const from = performance.now();
  // A new one begins to run a moment later; where no sound is allowed, once the person does something.
  if (context.state !== "running") await context.resume();
  if (performance.now() - from > IN_TIME_MS) return;
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
