const transport = () => ({ send: async () => ({}), flush: async () => true });

export const options = () => ({
  dsn: "http://key@127.0.0.1/1",
  tracesSampleRate: 1,
  traceLifecycle: "static",
  enableRpcTracePropagation: true,
  transport,
});
