/**
 * Serves a folder's files to guests: started in a lane, where the host's side of their network is.
 *
 * usage: node guest-serve.ts FOLDER HOST
 *
 * Its address is the one line that it prints.
 */
import { serveFiles } from "./file-server.ts";

const [folder = "", host = ""] = process.argv.slice(2);
const { url } = await serveFiles(folder, host);
console.log(url);
