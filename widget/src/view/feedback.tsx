import { h } from "preact";
import type { App } from "../app";
import * as words from "../words/en";
import { icon, SEND, THUMB } from "./icon";

/** Thumbs, and after them room for an optional comment. */
export function feedback(app: App, reply: string) {
  const given = app.ratings.get(reply);
  const send = (event: Event) => {
    event.preventDefault();
    const { value } = (event.target as HTMLFormElement)[0] as HTMLTextAreaElement;
    if (value) app.rate(reply, given!.helpful, value);
  };
  return (
    <div class="feedback">
      {[true, false].map((helpful) => (
        <button
          class="round"
          aria-label={helpful ? words.helpful : words.notHelpful}
          aria-pressed={given?.helpful === helpful}
          onClick={() => app.rate(reply, helpful)}
        >
          {icon(THUMB)}
        </button>
      ))}
      {given?.said}
      {given && !given.commented && (
        <form class="write" onSubmit={send}>
          <textarea aria-label={words.comment} placeholder={words.comment} maxLength={1000} />
          <button class="round" aria-label={words.send}>
            {icon(SEND)}
          </button>
        </form>
      )}
    </div>
  );
}
