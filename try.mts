import { compileNativeClient } from "/work/wt/emulator/test/lambda/native-client.ts";
for (const c of ["ric-4","ric-3"] as const) { console.time(c); try { console.log(await compileNativeClient(c)); } catch(e) {console.error(e)} console.timeEnd(c); }
