/** From chat to phone call: the form, the summary, and the conversation on paper. Fetched when it is first wanted. */
import { CallBack } from "./call_back";
import { callBackPage } from "./form";
import style from "./handoff.css";
import type { Handoff, Lent } from "./handoff";
import { borrow } from "./lent";
import { paperOf } from "./paper";
import { summaryPage } from "./summary";
import { transcript } from "./transcript";

export function mount(lent: Lent): Handoff {
  const { app, h, root, paper } = lent;
  borrow(h);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets.push(sheet);
  const print = paperOf(paper);
  const page = () => callBackPage(app, callBack);
  const callBack = new CallBack(app, page, (id) => root.querySelector<HTMLElement>(`#${id}`)?.focus());
  const summary = () => summaryPage(app, () => print(root.querySelector(".summary")!));

  return {
    form(topic) {
      callBack.about(topic ?? [...app.conversation.turns].reverse().find(({ text }) => text)?.text ?? "");
      app.set({ page });
      root.querySelector<HTMLElement>("#page")?.focus();
    },
    summary() {
      app.set({ page: summary });
      root.querySelector<HTMLElement>("#page")!.focus();
    },
    copy: () => app.copy(transcript(app.conversation)),
    print: () => print(transcript(app.conversation)),
  };
}
