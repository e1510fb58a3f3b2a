const exporter = {
  export(_, done) {
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};

export const options = () => ({ exporter, service: { name: "shop" } });
