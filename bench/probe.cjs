// Loaded before a measured program: on its way out, the process says what it used.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { user: userCPUTime / 1000, system: systemCPUTime / 1000, peak: maxRSS, wall: performance.now() };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ ...usage, ...globalThis.benchMarks }));
});
