import { h } from "preact";

/** Line icons on a 24 by 24 grid. They decorate: the words stand beside them or in a label. */
export const PHONE = "M7 4H4c0 9 7 16 16 16v-3l-4-2-2 2c-3-1-6-4-7-7l2-2z";
export const DOTS = "M5 12h0m7 0h0m7 0h0";
export const CLOSE = "m6 6 12 12m0-12L6 18";
export const SEND = "M12 19V5m-6 6 6-6 6 6";
export const THUMB = "M7 11v9H4v-9zl4-8c2 0 3 1 2 3l-1 3h7c1 0 2 1 2 2l-2 8-2 1H7";
export const SECTION = "M5 5v6c0 2 1 3 3 3h11m-5-5 5 5-5 5";
export const EXIT = "M14 4h5v16h-5M4 12h10m-4-4 4 4-4 4";

export const icon = (path: string) => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
);
