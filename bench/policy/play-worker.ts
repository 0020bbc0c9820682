import { parentPort } from "node:worker_threads";
import { play, type Run } from "./play.js";

parentPort?.on("message", (run: Run) => parentPort?.postMessage(play(run)));
