/** The smallest guest there is: says "ready." on its serial port and then echoes what comes in. */
const CODE = [
  0x31,
  0xc0, // xor ax, ax
  0x8e,
  0xd8, // mov ds, ax
  0xbe,
  0x22,
  0x7c, // mov si, greeting
  0xfc, // cld
  0xac, // next: lodsb
  0x08,
  0xc0, // or al, al
  0x74,
  0x06, // jz echo
  0xba,
  0xf8,
  0x03, // mov dx, 0x3f8
  0xee, // out dx, al
  0xeb,
  0xf5, // jmp next
  0xba,
  0xfd,
  0x03, // echo: mov dx, 0x3fd
  0xec, // wait: in al, dx
  0xa8,
  0x01, // test al, 1
  0x74,
  0xfb, // jz wait
  0xba,
  0xf8,
  0x03, // mov dx, 0x3f8
  0xec, // in al, dx
  0xee, // out dx, al
  0xeb,
  0xf1, // jmp echo
];

export const ECHO_BOOT_SECTOR: Uint8Array = (() => {
  const sector = Buffer.alloc(512);
  Buffer.from([...CODE, ...Buffer.from("ready.\0")]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return new Uint8Array(sector);
})();
