/** The MAC of a VM's first card: QEMU's own prefix and the random end of its UUID, so that it is fixed from birth and needs no table. */
export function macOf(uuid: string): string {
  const end = uuid.replaceAll("-", "").slice(-6);
  return `52:54:00:${end.slice(0, 2)}:${end.slice(2, 4)}:${end.slice(4, 6)}`;
}
