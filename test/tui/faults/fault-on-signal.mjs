/** Preloaded into hutch: at SIGUSR2 something breaks, as FAULT says. */
import { isMainThread } from "node:worker_threads";

const faults = {
  throws: () => {
    throw new Error("t-fault: thrown");
  },
  rejects: () => {
    void Promise.reject(new Error("t-fault: rejected"));
  },
  /** Whatever is drawn next fails in the middle of it. */
  draws: () => {
    String.prototype.repeat = () => {
      throw new Error("t-fault: drawn");
    };
  },
};

if (isMainThread) process.on("SIGUSR2", faults[process.env.FAULT]);
