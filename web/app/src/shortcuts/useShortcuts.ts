import { useEffect } from "react";
import { useLocation } from "wouter";

import { useParley } from "../app/context.ts";

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

/** The keys that work everywhere in the app; `onHelp` shows them. */
export function useShortcuts(onHelp: () => void): void {
  const parley = useParley();
  const [path, navigate] = useLocation();

  useEffect(() => {
    function step(by: 1 | -1): void {
      const all = parley.conversations.get() ?? [];
      const at = all.findIndex(({ id }) => path.startsWith(`/c/${id}`));
      const next = at < 0 ? all[0] : all[at + by];
      if (next !== undefined) navigate(`/c/${next.id}`);
    }

    function actionOf(event: KeyboardEvent): (() => void) | null {
      if (event.altKey && event.key === "ArrowDown")
        return () => {
          step(1);
        };
      if (event.altKey && event.key === "ArrowUp")
        return () => {
          step(-1);
        };
      if (event.altKey && event.code === "KeyN")
        return () => {
          navigate("/new");
        };
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        return () =>
          document.querySelector<HTMLElement>("[data-pane='list'] input[type=search]")?.focus();
      }
      if (event.key === "?" && !isWriting(event.target)) return onHelp;
      return null;
    }

    function onKeyDown(event: KeyboardEvent): void {
      const action = event.isComposing ? null : actionOf(event);
      if (action === null) return;
      event.preventDefault();
      action();
    }
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, [parley, path, navigate, onHelp]);
}
