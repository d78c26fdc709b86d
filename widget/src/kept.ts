/**
 * What outlives a page: the token, and messages that are not answered yet. Shared by all tabs of the clinic's site.
 *
 * Answered messages are not kept in the browser; they come back from the door.
 */
import { CALL, KEY, storage } from "./storage";
import type { Message } from "./types";

export interface Kept {
  token: string | null;
  outbox: Message[];
  /** Grows with each answer, so that other tabs know that there is something to fetch. */
  answered: number;
}

const NOTHING: Kept = { token: null, outbox: [], answered: 0 };
let memory = NOTHING;
let shelf = storage("localStorage");

export function read(): Kept {
  try {
    return shelf ? { ...NOTHING, ...JSON.parse(shelf.getItem(KEY) ?? "{}") } : memory;
  } catch {
    return NOTHING;
  }
}

export function write(change: Partial<Kept>): void {
  memory = { ...read(), ...change };
  try {
    shelf?.setItem(KEY, JSON.stringify(memory));
  } catch {
    // The storage is full: this tab goes on from memory.
    shelf = undefined;
  }
}

export function forget(goOn?: boolean): void {
  memory = NOTHING;
  shelf?.removeItem(KEY);
  if (!goOn) shelf?.removeItem(CALL);
}

/** Runs `work` in one tab at a time where the browser can tell (secure pages); the messages' ids make it safe elsewhere. */
export async function oneTabAtATime(work: () => Promise<void>): Promise<void> {
  await (navigator.locks ? navigator.locks.request(KEY, work) : work());
}
