/** Preact, lent by the panel: the build puts this file in its place, so that one copy serves both. */
import type * as preact from "preact";

export let h: typeof preact.h;
export const borrow = (lent: typeof preact.h) => {
  h = lent;
};
