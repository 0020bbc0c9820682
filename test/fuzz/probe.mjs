// Loaded into the service under fuzz: tells how much memory is in use, and how many handles are open, when asked.
process.on("message", () => {
  const measure = () => {
    globalThis.gc();
    process.send({
      heapBytes: process.memoryUsage().heapUsed,
      handles: process.getActiveResourcesInfo().filter((kind) => /Wrap|Handle|FS/.test(kind)).length,
    });
  };
  globalThis.gc();
  setTimeout(measure, 100);
});
process.channel?.unref();
