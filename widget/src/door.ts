/** The Chat API, seen from the browser. See docs/chat-api.md. */
import type { Mistake, Reply } from "./types";

/** Longest time for one answer, in milliseconds: the door itself gives up on Rasa after 5 s and answers. */
const PATIENCE = 15_000;

/**
 * offline: no network. gone: no useful answer. busy: told to wait. over: no such conversation (any more).
 * refused: never will be taken. left: the visitor has gone on to another conversation.
 */
export type Failure = "offline" | "gone" | "busy" | "over" | "refused" | "left";

export class DoorError {
  /**
   * @param words the door's own, for people
   * @param wait how long to wait, in seconds
   * @param more what else the door said
   */
  constructor(
    readonly failure: Failure,
    readonly words = "",
    readonly wait = 0,
    readonly more: { mistakes?: Mistake[]; replies?: Reply[] } = {},
  ) {}
}

/** One request. Gives the answer's JSON. Throws DoorError. */
export async function ask<Answer>(address: string, method: string, token: string | null, body?: object): Promise<Answer> {
  const response = await fetch(address, {
    method,
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => {
    throw new DoorError(navigator.onLine ? "gone" : "offline");
  });
  const { status } = response;
  const answer = status === 204 ? {} : await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  if (status === 401) throw new DoorError("over");
  if (status === 429) throw new DoorError("busy", "", Number(response.headers.get("Retry-After")) || 10);
  throw status < 500 && answer?.detail ? new DoorError("refused", answer.detail, 0, answer) : new DoorError("gone");
}
