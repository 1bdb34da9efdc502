/**
 * hutch's SFTP server for one folder on standard input and output, as a program for OpenSSH's `sftp -D`.
 *
 * usage: node sftp-serve.ts FOLDER [ro]
 */
import { serveFolder } from "../../src/host/sftp/server.ts";

const [path = "", mode] = process.argv.slice(2);
await serveFolder({ path, readonly: mode === "ro" }, process.stdin, process.stdout);
