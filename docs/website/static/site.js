// Tables that are read as cards on a phone have the title of its column at every cell; code can be copied.
"use strict";

for (const table of document.querySelectorAll("article table.docutils")) {
  const titles = [...table.querySelectorAll("thead th")].map((title) => title.textContent.trim());
  if (titles.length < 3) continue;
  table.classList.add("cards");
  for (const row of table.querySelectorAll("tbody tr"))
    [...row.cells].forEach((cell, at) => {
      if (titles[at]) cell.dataset.title = titles[at];
      if (!cell.textContent.trim()) cell.classList.add("empty");
    });
}

const chinese = document.documentElement.lang.startsWith("zh");
for (const block of document.querySelectorAll("div[class*=highlight-]:not(.highlight-output) > .highlight")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.type = "button";
  button.textContent = chinese ? "复制" : "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("pre").textContent);
    button.textContent = chinese ? "已复制" : "Copied";
    setTimeout(() => (button.textContent = chinese ? "复制" : "Copy"), 1500);
  });
  block.append(button);
}
