/**
 * Time for the final flush, of the 300 ms that AWS gives a runtime after SIGTERM.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const SHUTDOWN_FLUSH_MS = 250;
