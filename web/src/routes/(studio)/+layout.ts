/** The studio lives in the browser alone: its truth is the live document. */
export const ssr = false;
