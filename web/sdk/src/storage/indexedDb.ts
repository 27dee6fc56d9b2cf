import { memoryStorage } from "./memory.ts";
import type { Storage } from "./storage.ts";
export const indexedDbStorage = (_userId: string): Storage => memoryStorage();
export const forgetDevice = (): Promise<void> => Promise.resolve();
