import { useEffect } from "react";

/** Where the service worker wants the page to go: a notification was pressed. */
function pathOf(data: unknown): string | null {
  const isWish =
    typeof data === "object" &&
    data !== null &&
    "type" in data &&
    data.type === "open" &&
    "path" in data;
  return isWish && typeof data.path === "string" ? data.path : null;
}

/** Goes where a pressed notification leads. */
export function useWorkerWishes(open: (path: string) => void): void {
  useEffect(() => {
    if (!("serviceWorker" in navigator)) return;
    const { serviceWorker } = navigator;
    const onMessage = ({ data }: MessageEvent<unknown>): void => {
      const path = pathOf(data);
      if (path !== null) open(path);
    };
    serviceWorker.addEventListener("message", onMessage);
    // Until it is called, messages wait.
    serviceWorker.startMessages();
    return () => {
      serviceWorker.removeEventListener("message", onMessage);
    };
  }, [open]);
}
