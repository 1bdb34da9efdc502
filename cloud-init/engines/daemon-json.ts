export type DaemonSettings = {
  /** Mirrors of Docker Hub, as addresses. */
  readonly registryMirrors?: readonly string[];
  /** For the engine and for installing it, as the guest reaches them. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
  /** Size at which a container's log is rotated, as in `10m`. */
  readonly logMaxSize?: string;
};

/** Docker's daemon.json. `proxies` is known to Docker 23 and later; an older one would not start with it. */
export function daemonJson({ registryMirrors = [], proxy = {}, logMaxSize = "10m" }: DaemonSettings): string {
  const proxies = {
    ...(proxy.http === undefined ? {} : { "http-proxy": proxy.http }),
    ...(proxy.https === undefined ? {} : { "https-proxy": proxy.https }),
    ...(proxy.no === undefined ? {} : { "no-proxy": proxy.no }),
  };
  const unencrypted = registryMirrors
    .filter((mirror) => mirror.startsWith("http://"))
    .map((mirror) => new URL(mirror).host);
  const settings = {
    "log-driver": "local",
    "log-opts": { "max-size": logMaxSize, "max-file": "3" },
    // Containers keep running while the engine is updated or restarted.
    "live-restore": true,
    // Clear of libvirt's 192.168.122.0/24 and of the 10.0.2.0/24 of user networking.
    "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }],
    "userland-proxy": false,
    ...(registryMirrors.length === 0 ? {} : { "registry-mirrors": registryMirrors }),
    ...(unencrypted.length === 0 ? {} : { "insecure-registries": unencrypted }),
    ...(Object.keys(proxies).length === 0 ? {} : { proxies }),
  };
  return JSON.stringify(settings, null, 2);
}
