/** A change stream on which nothing happens is asked again after this long; what happens is told at once. Asking every second, as by default, keeps an idle process awake. */
export const quietMs = 10_000;
