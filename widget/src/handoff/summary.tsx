import { h } from "preact";
import type { App } from "../app";
import type { Turn } from "../types";
import * as words from "./words/en";

/** As many of each as fit on half a page. */
const MOST = 5;

export interface Summary {
  /** What was asked, and the page's answers to it, the latest. */
  answered: { asked: string; answers: string[] }[];
  /** What only the clinic can answer, in the visitor's words, and what is always worth asking. */
  toAsk: string[];
}

const HELP = words.help(CLINIC.phone, CLINIC.lifeline, CLINIC.emergency);

/** A summary of what was said. A crisis is not part of it: it is made to be shown to others. */
export function summaryOf(turns: Turn[]): Summary {
  const calm = turns.filter(({ text, replies }) => text && !replies.some(({ kind }) => /crisis|emerg/.test(kind)));
  const answered = calm
    .map(({ text, replies }) => ({
      asked: text!,
      // The first lines answer; what follows them are notes that this page has itself.
      answers: replies.filter(({ kind }) => kind === "answer").map((reply) => reply.text.split("\n")[0]!),
    }))
    .filter(({ answers }) => answers[0]);
  const open = calm.filter(({ replies }) => replies.some(({ kind }) => /not_on|pers/.test(kind))).map(({ text }) => text!);
  return { answered: answered.slice(-MOST), toAsk: [...new Set(open)].slice(-MOST).concat(words.always) };
}

/** The summary as plain text. */
export const summaryText = ({ answered, toAsk }: Summary) =>
  [
    `${words.summary}: ${CLINIC.name}, ${new Date().toLocaleDateString()}`,
    ...(answered[0] ? [words.asked] : []),
    ...answered.map(({ asked, answers }) => [asked, ...answers].join("\n")),
    [words.toAsk, ...toAsk.map((question) => `- ${question}`)].join("\n"),
    words.summaryNote,
    HELP,
  ].join("\n\n");

/** The summary to show, copy or print. */
export function summaryPage(app: App, print: () => void) {
  const summary = summaryOf(app.conversation.turns);
  return (
    <section class="page" aria-labelledby="page">
      <div class="summary">
        <h3 id="page" tabIndex={-1}>
          {words.summary}
        </h3>
        <p class="page-note">
          {CLINIC.name}, {new Date().toLocaleDateString()}
        </p>
        <h4>{words.asked}</h4>
        {!summary.answered[0] && <p>{words.nothing}</p>}
        <dl>
          {summary.answered.map(({ asked, answers }) => [<dt>{asked}</dt>, ...answers.map((answer) => <dd lang="en">{answer}</dd>)])}
        </dl>
        <h4>{words.toAsk}</h4>
        <ul>
          {summary.toAsk.map((question) => (
            <li>{question}</li>
          ))}
        </ul>
        <p class="page-note">{words.summaryNote}</p>
        <p class="page-note">{HELP}</p>
      </div>
      {app.said && <p>{app.said}</p>}
      <div class="page-buttons">
        <button class="pill solid" onClick={() => app.copy(summaryText(summary))}>
          {words.copy}
        </button>
        <button class="pill" onClick={print}>
          {words.print}
        </button>
        <button class="pill" onClick={() => app.set({ page: null })}>
          {words.back}
        </button>
      </div>
    </section>
  );
}
