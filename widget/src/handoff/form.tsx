import { type ComponentChild, h } from "preact";
import type { App } from "../app";
import { TOPIC_LIMIT, type CallBack, type Fields } from "./call_back";
import * as words from "./words/en";

/** The form for a call back, or what became of it. */
export function callBackPage(app: App, call: CallBack) {
  const { state, fields } = call;
  const back = (
    <button type="button" class="pill" onClick={() => app.set({ page: null })}>
      {words.back}
    </button>
  );
  return (
    <section class="page" aria-labelledby="page">
      <h3 id="page" tabIndex={-1}>
        {state === "kept" ? words.kept : state === "editing" ? words.title : words.onItsWay}
      </h3>
      {state === "editing" ? (
        form(app, call, back)
      ) : (
        <div class="page-end">
          <p>{state === "kept" ? words.keptMore(fields.phone) : state === "sending" ? words.sending : words.waiting}</p>
          <p>
            {words.ratherNow} <a href={CLINIC.href}>{CLINIC.phone}</a>
          </p>
          <div class="page-buttons">
            {state === "waiting" && (
              <button class="pill solid" onClick={() => void call.send()}>
                {words.again}
              </button>
            )}
            {state === "waiting" && (
              <button class="pill" onClick={() => call.edit()}>
                {words.change}
              </button>
            )}
            {back}
          </div>
        </div>
      )}
    </section>
  );
}

function form(app: App, call: CallBack, back: ComponentChild) {
  const { fields, mistakes } = call;
  const keep = (name: keyof Fields) => (event: { currentTarget: { value: string } }) => {
    (fields[name] as string) = event.currentTarget.value;
  };
  /** What a field is described by: its hint, and what is wrong with it. */
  const about = (name: keyof Fields, hint?: string) => ({
    id: `call-${name}`,
    "aria-invalid": name in mistakes,
    "aria-describedby": `${hint ? `hint-${name} ` : ""}${name in mistakes ? `mistake-${name}` : ""}`.trim() || undefined,
  });
  const mistake = (name: keyof Fields) =>
    name in mistakes && (
      <p class="mistake" id={`mistake-${name}`}>
        {mistakes[name]}
      </p>
    );
  const field = (name: "name" | "phone", label: string, kind: object, hint?: string) => (
    <div class="entry">
      <label for={`call-${name}`}>{label}</label>
      {hint && <small id={`hint-${name}`}>{hint}</small>}
      {mistake(name)}
      {h("input", { ...about(name, hint), ...kind, maxLength: 60, required: true, value: fields[name], onInput: keep(name) })}
    </div>
  );
  const box = (name: "leave_message" | "consent", label: string) => (
    <div class="entry">
      {mistake(name)}
      <label class="choice">
        <input
          {...about(name)}
          type="checkbox"
          required={name === "consent"}
          checked={fields[name]}
          onChange={(event) => {
            fields[name] = event.currentTarget.checked;
          }}
        />
        {label}
      </label>
    </div>
  );
  const submit = (event: Event) => {
    event.preventDefault();
    call.submit();
  };
  return (
    <form noValidate onSubmit={submit}>
      <p class="page-note">
        {words.notUrgent} <a href={`tel:${CLINIC.lifeline}`}>{CLINIC.lifeline}</a>
        {words.or}
        <a href={`tel:${CLINIC.emergency}`}>{CLINIC.emergency}</a>.
      </p>
      {app.said && !Object.keys(mistakes)[0] && <p class="mistake">{app.said}</p>}
      {field("name", words.name, { autocomplete: "given-name" })}
      {field("phone", words.phone, { type: "tel", autocomplete: "tel" }, words.phoneHint)}
      <fieldset class="entry">
        <legend>{words.bestTime}</legend>
        <div class="times">
          {words.times.map(([value, label]) => (
            <label class="choice">
              <input type="radio" name="best_time" value={value} checked={fields.best_time === value} onChange={keep("best_time")} />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      {box("leave_message", words.leaveMessage)}
      <div class="entry">
        <label for="call-topic">{words.topic}</label>
        <small id="hint-topic">{words.topicHint}</small>
        {mistake("topic")}
        <textarea {...about("topic", "hint")} rows={2} maxLength={TOPIC_LIMIT} value={fields.topic} onInput={keep("topic")} />
      </div>
      {box("consent", words.consent)}
      <div class="page-buttons">
        <button class="pill solid">{words.submit}</button>
        {back}
      </div>
    </form>
  );
}
