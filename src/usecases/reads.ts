/** Everything that only looks, or hands the terminal to a guest, as one module to load. */
export { exec, shell } from "./access.ts";
export { execByAgent } from "./agent-exec.ts";
export { openConsole } from "./console.ts";
export { consolePassword } from "./console-password.ts";
export { engineStatus } from "./engine-status.ts";
export { catalogueRows, imageRows } from "./images.ts";
export { info } from "./info.ts";
export { plan } from "./launch.ts";
export { logs } from "./logs.ts";
export { ports } from "./ports.ts";
export { installSshConfig, inventory, removeSshConfig, sshConfig } from "./reach-from-outside.ts";
export { losses } from "./trash.ts";
