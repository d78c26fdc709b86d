import { h } from "preact";
import type { App } from "../app";
import type { Message } from "../types";
import * as words from "../words/en";
import { isCard, replyView } from "./reply";

const mine = ({ id, text }: Message, note?: string | false) => (
  <li key={id} class="mine" data-message={id}>
    <span class="unseen">{words.you}: </span>
    {text}
    {note && <small>{note}</small>}
  </li>
);

/** All that was said, and the topics to tap. */
export function log(app: App) {
  const { turns, waiting, busy, slow, ended, ready, trouble } = app.conversation;
  // In a crisis nothing is offered beside the crisis lines; the menu still has the form.
  const care = turns.some(({ replies }) => replies.some(isCard));
  const choices = ready && !waiting.length ? (turns[turns.length - 1]?.replies ?? []).flatMap((reply) => reply.choices ?? []) : [];
  return (
    <section class="log" aria-label={words.log} tabIndex={0}>
      {ended ? (
        <div class="note">
          <p>{words.ended}</p>
          <button class="pill solid" onClick={app.anew}>
            {words.anew}
          </button>
        </div>
      ) : (
        <ol>
          {(words.always || (trouble && !turns[0])) && <li class="note">{words.disclosure}</li>}
          {app.data.greeting && <li class="bubble">{app.data.greeting}</li>}
          {turns.map(({ id, text, replies }) => [
            text && mine({ id: id!, text }),
            !text && !replies[0] && <li class="note">{words.renewed}</li>,
            replies.map((reply) => replyView(app, reply, care ? undefined : (text ?? ""))),
          ])}
          {waiting.map((message) => mine(message, trouble && words.waiting || ""))}
          {busy && (
            <li class="bubble typing">
              <i />
              <i />
              <i />
              {slow && <span>{words.slow}</span>}
            </li>
          )}
        </ol>
      )}
      {choices[0] && (
        <div class="chips">
          {[...new Map(choices.map(({ text, label }) => [text, label]))].map(([text, label]) => (
            <button class="pill" lang="en" onClick={() => app.say(text)}>
              {label}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
