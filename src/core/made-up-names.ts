/** Names for VMs that nobody named: easy to say, to type and to tell apart. */

const ADJECTIVES =
  "able amber apt bold brave brisk bright calm clever cosy crisp deft eager early fair fast fond fresh gentle glad golden grand happy hardy honest jolly keen kind light lively loyal lucky mellow merry mild neat nimble noble patient plucky polite proud quick quiet rapid ready sharp silver smart snug solid spry steady sunny sure swift tidy trusty warm wise witty".split(
    " ",
  );

const ANIMALS =
  "badger beaver bison bobcat bunny camel caribou cheetah condor cougar crane cricket curlew deer dingo dolphin dove eagle egret falcon ferret finch fox gecko gibbon goose hare hawk hedgehog heron ibex ibis jackal jaguar kestrel koala lark lemur leopard lynx magpie marmot marten meerkat mole moose newt ocelot orca osprey otter owl panda panther puffin quail rabbit raven robin salmon seal shrew sparrow squirrel stoat stork swan tapir tern tiger toad trout turtle vole walrus weasel whale wombat wren yak zebra".split(
    " ",
  );

/** `quiet-otter`; `random` gives numbers from 0 up to, not including, 1. */
export function madeUpName(random: () => number): string {
  return `${pick(ADJECTIVES, random())}-${pick(ANIMALS, random())}`;
}

function pick(words: readonly string[], at: number): string {
  return words[Math.floor(at * words.length)] ?? "hutch";
}
