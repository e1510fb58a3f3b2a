/**
 * Of the 300 ms that AWS gives a runtime after SIGTERM, the part for the last flush.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const SHUTDOWN_FLUSH_MS = 250;
