import { h } from "preact";
import type { App } from "../app";
import * as words from "../words/en";
import { icon, SEND } from "./icon";

/** Where the visitor writes, and above it what stands in the way or has to be asked. */
export function foot(app: App) {
  const { conversation, draft, asking, said } = app;
  const { trouble, ended } = conversation;
  const submit = (event: Event) => {
    event.preventDefault();
    app.say(draft);
  };
  return (
    <footer>
      {said && <p class="tell">{said}</p>}
      {asking && (
        <div class="tell" role="group" aria-labelledby="ask">
          <p id="ask">{asking === "anew" ? words.anewAsk : words.removeAsk}</p>
          <button class="pill" id="no" onClick={() => app.set({ asking: null })}>
            {words.no}
          </button>
          <button class="pill solid" onClick={app.confirm}>
            {words.yes}
          </button>
        </div>
      )}
      {trouble && (
        <div class="tell">
          <p>{app.troubleWords()}</p>
          {trouble.failure !== "busy" && [
            <p>
              {words.numbers}
              <a href={CLINIC.href}>{CLINIC.phone}</a>, <a href={`tel:${CLINIC.lifeline}`}>{CLINIC.lifeline}</a>, <a href={`tel:${CLINIC.emergency}`}>{CLINIC.emergency}</a>
            </p>,
            <button class="pill" onClick={() => conversation.retry()}>
              {words.retry}
            </button>,
          ]}
        </div>
      )}
      {!ended && (
        <form class="write" onSubmit={submit}>
          <textarea
            id="field"
            rows={1}
            aria-label={words.field}
            placeholder={words.field}
            maxLength={2000}
            enterkeyhint="send"
            value={draft}
            onInput={(event) => app.set({ draft: event.currentTarget.value })}
            onKeyDown={(event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event)}
          />
          <button class="round" aria-label={words.send}>
            {icon(SEND)}
          </button>
        </form>
      )}
    </footer>
  );
}
