import { i18n, type Messages } from "@lingui/core";

import { recall, remember } from "../app/notes.ts";
import { messages as english } from "./locales/en.po";

export const LANGUAGES = { en: "English", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "parley.language";
const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set<Language>(["ar"]);

function isLanguage(value: string | null): value is Language {
  return value !== null && value in LANGUAGES;
}

/** The language that was chosen, else the first of the browser's that we speak, else English. */
export function preferredLanguage(): Language {
  const chosen = recall(KEY);
  if (isLanguage(chosen)) return chosen;
  for (const tag of navigator.languages) {
    const base = tag.split("-")[0] ?? "";
    if (isLanguage(base)) return base;
  }
  return "en";
}

/** English comes with the page, so that most need not wait for one file more. */
async function load(language: Language): Promise<Messages> {
  switch (language) {
    case "en":
      return english;
    case "ar":
      return (await import("./locales/ar.po")).messages;
  }
}

/** Loads the language's words, and turns the page to its direction. */
export async function activateLanguage(language: Language): Promise<void> {
  i18n.loadAndActivate({ locale: language, messages: await load(language) });
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

export async function chooseLanguage(language: Language): Promise<void> {
  remember(KEY, language);
  await activateLanguage(language);
}
