// Time limits for tests that measure time. Each limit is at least ten times as long as an idle
// machine needs, so that no test fails only because the machine is slow. With the fault that the
// test looks for, the operation would take longer than the limit.

/**
 * In milliseconds. Work in linear time takes less than half a second on the inputs of these tests, and work in
 * quadratic time takes longer than a minute.
 */
export const linearMsMax = 10_000;

/**
 * In milliseconds. An operation that waits for nothing takes less than half a second. With the fault that the test
 * looks for, the operation would wait for much longer than this limit, or for ever.
 */
export const promptMsMax = 10_000;
