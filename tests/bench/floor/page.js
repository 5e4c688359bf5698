// Appends what streams in to a text node. The handles are the app's, so that one script watches both.
class MessageComposer extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#send(event.target.value);
      event.target.value = "";
    });
  }

  async #send(content) {
    const article = document.createElement("article");
    article.dataset.role = "assistant";
    article.dataset.status = "streaming";
    const text = article.appendChild(document.createElement("div"));
    text.dataset.part = "text";
    const node = text.appendChild(document.createTextNode(""));
    document.querySelector(".messages").append(article);
    const body = JSON.stringify({ stream: true, messages: [{ role: "user", content }] });
    const answer = await fetch("/reply", { method: "POST", body });
    for await (const piece of pieces(answer.body)) node.appendData(piece);
    article.dataset.status = "complete";
  }
}

async function* pieces(body) {
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.slice(event.indexOf("data: ") + 6);
      if (data !== "[DONE]") yield JSON.parse(data).choices[0].delta.content ?? "";
    }
  }
}

customElements.define("message-composer", MessageComposer);
