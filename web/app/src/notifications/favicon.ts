const SIZE = 64;
const PLAIN = "/favicon.svg";

let mark: Promise<HTMLImageElement> | null = null;

function loadMark(): Promise<HTMLImageElement> {
  mark ??= (async () => {
    const image = new Image(SIZE, SIZE);
    image.src = PLAIN;
    await image.decode();
    return image;
  })();
  return mark;
}

function draw(image: HTMLImageElement, text: string): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (pen === null) return null;
  pen.drawImage(image, 0, 0, SIZE, SIZE);
  pen.fillStyle = "#e03131";
  pen.beginPath();
  pen.arc(SIZE - 20, 20, 20, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.font = `bold ${text.length > 1 ? 24 : 30}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, SIZE - 20, 22);
  return canvas.toDataURL("image/png");
}

/** Puts the number of unread messages on the tab's picture; 0 takes it away. */
export async function badgeFavicon(unread: number, isCurrent: () => boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) return;
  const url = unread === 0 ? PLAIN : draw(await loadMark(), unread > 99 ? "99" : `${unread}`);
  if (url !== null && isCurrent()) link.href = url;
}
