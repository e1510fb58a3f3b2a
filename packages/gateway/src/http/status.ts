const startTime = new Date();

/** The body of `/api/v1/status`, in the form of the real gateway's. */
export function status(): string {
  return JSON.stringify({
    status: "success",
    data: {
      build_information: { version: "embedded" },
      flags: {},
      start_time: startTime.toISOString(),
    },
  });
}
