/** A new release is a data file and a line here. */

import almalinux9 from "./catalog/almalinux-9.json" with { type: "json" };
import almalinux10 from "./catalog/almalinux-10.json" with { type: "json" };
import alpine3 from "./catalog/alpine-3.json" with { type: "json" };
import amazonlinux2023 from "./catalog/amazonlinux-2023.json" with { type: "json" };
import arch from "./catalog/arch.json" with { type: "json" };
import centos9 from "./catalog/centos-9.json" with { type: "json" };
import centos10 from "./catalog/centos-10.json" with { type: "json" };
import debian11 from "./catalog/debian-11.json" with { type: "json" };
import debian12 from "./catalog/debian-12.json" with { type: "json" };
import debian13 from "./catalog/debian-13.json" with { type: "json" };
import fedora43 from "./catalog/fedora-43.json" with { type: "json" };
import fedora44 from "./catalog/fedora-44.json" with { type: "json" };
import fedoraCoreosStable from "./catalog/fedora-coreos-stable.json" with { type: "json" };
import flatcarStable from "./catalog/flatcar-stable.json" with { type: "json" };
import freebsd151 from "./catalog/freebsd-15.1.json" with { type: "json" };
import opensuseLeap156 from "./catalog/opensuse-leap-15.6.json" with { type: "json" };
import opensuseLeap160 from "./catalog/opensuse-leap-16.0.json" with { type: "json" };
import opensuseTumbleweed from "./catalog/opensuse-tumbleweed.json" with { type: "json" };
import oracle9 from "./catalog/oracle-9.json" with { type: "json" };
import oracle10 from "./catalog/oracle-10.json" with { type: "json" };
import rocky9 from "./catalog/rocky-9.json" with { type: "json" };
import rocky10 from "./catalog/rocky-10.json" with { type: "json" };
import ubuntu2204 from "./catalog/ubuntu-22.04.json" with { type: "json" };
import ubuntu2404 from "./catalog/ubuntu-24.04.json" with { type: "json" };
import ubuntu2604 from "./catalog/ubuntu-26.04.json" with { type: "json" };

export const CATALOGUE_FILES: readonly (readonly [file: string, data: unknown])[] = [
  ["almalinux-10.json", almalinux10],
  ["almalinux-9.json", almalinux9],
  ["alpine-3.json", alpine3],
  ["amazonlinux-2023.json", amazonlinux2023],
  ["arch.json", arch],
  ["centos-10.json", centos10],
  ["centos-9.json", centos9],
  ["debian-11.json", debian11],
  ["debian-12.json", debian12],
  ["debian-13.json", debian13],
  ["fedora-43.json", fedora43],
  ["fedora-44.json", fedora44],
  ["fedora-coreos-stable.json", fedoraCoreosStable],
  ["flatcar-stable.json", flatcarStable],
  ["freebsd-15.1.json", freebsd151],
  ["opensuse-leap-15.6.json", opensuseLeap156],
  ["opensuse-leap-16.0.json", opensuseLeap160],
  ["opensuse-tumbleweed.json", opensuseTumbleweed],
  ["oracle-10.json", oracle10],
  ["oracle-9.json", oracle9],
  ["rocky-10.json", rocky10],
  ["rocky-9.json", rocky9],
  ["ubuntu-22.04.json", ubuntu2204],
  ["ubuntu-24.04.json", ubuntu2404],
  ["ubuntu-26.04.json", ubuntu2604],
];
