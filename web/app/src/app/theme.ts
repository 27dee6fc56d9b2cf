import { recall, remember } from "./notes.ts";

const KEY = "parley.theme";

export type Theme = "system" | "light" | "dark";

/** What was chosen on this device. `public/theme.js` puts it into force before the first paint. */
export function chosenTheme(): Theme {
  const value = recall(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") {
    remember(KEY, null);
    delete document.documentElement.dataset["theme"];
  } else {
    remember(KEY, theme);
    document.documentElement.dataset["theme"] = theme;
  }
}
