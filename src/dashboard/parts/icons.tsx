const paths: Readonly<Record<string, string>> = {
  favorite: "M8 13.2 3.2 8.6a3 3 0 0 1 4.3-4.2l.5.6.5-.6a3 3 0 0 1 4.3 4.2Z",
  star: "m8 2.6 1.6 3.5 3.8.4-2.8 2.6.8 3.8L8 11l-3.4 1.9.8-3.8-2.8-2.6 3.8-.4Z",
  download: "M8 2.5v7.2m0 0 3-3m-3 3-3-3M3 13h10",
  link: "M6.8 9.2a2.3 2.3 0 0 0 3.3 0l2-2a2.3 2.3 0 0 0-3.3-3.3l-.6.6m1 2.3a2.3 2.3 0 0 0-3.3 0l-2 2a2.3 2.3 0 0 0 3.3 3.3l.6-.6",
  collection: "M2.8 4.5h10.4v8H2.8Zm0 6 3-3 2.4 2.4 1.8-1.8 3.2 3",
  money: "M2.5 4.5h11v7h-11Zm5.5 2a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z",
  person: "M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8Zm-5 5.2c.6-2.4 2.6-3.6 5-3.6s4.4 1.2 5 3.6",
  paper: "M4 2.5h5.5L12 5v8.5H4Zm2 5h4m-4 2.5h4",
  service: "M8 5v3.5m0 2.2v.1M8 2.2l6 10.8H2Z",
};

const icons: Readonly<Record<string, string>> = {
  favorite: "favorite",
  photo: "star",
  download: "download",
  photo_download: "download",
  video_download: "download",
  sharing_link: "link",
  collection: "collection",
  invoice: "money",
  payment: "money",
  client: "person",
  contract: "paper",
  questionnaire: "paper",
  quote: "paper",
};

/** A small picture of what an event is about. It says nothing that the words do not. */
export function EventIcon({ type }: { type: string }) {
  const name = icons[type.slice(0, type.indexOf("."))] ?? "service";
  return (
    <svg class={`icon ${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name] ?? ""} />
    </svg>
  );
}
