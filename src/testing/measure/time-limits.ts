// Time limits for tests that measure time. Each limit is at least ten times as long as an idle machine needs, so that a
// slow machine fails no test, and much shorter than the operation would take with the fault that the test looks for.

/**
 * In milliseconds. Work in linear time takes less than half a second on the inputs of these tests, and work in
 * quadratic time takes longer than a minute.
 */
export const linearMsMax = 10_000;

/**
 * In milliseconds. An operation that waits for nothing takes less than half a second. With the fault that the test looks
 * for, it would wait for much longer or for ever.
 */
export const promptMsMax = 10_000;
