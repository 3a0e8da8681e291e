"""Who comes: what other servers and people call themselves, and what crawlers for AI do."""

from __future__ import annotations

FEDIVERSE = (
    "Mastodon/4.5.0 (http.rb/5.3.1; +https://mastodon.social/)",
    "Mastodon/4.4.2+glitch (http.rb/5.3.1; +https://ccbot.example/) Bot",
    "http.rb/5.1.1 (Mastodon/4.2.10; +https://gptbot.example/)",
    "(Pixelfed/0.12.6; +https://pixelfed.social)",
    "gotosocial/0.19.1 (+https://gts.superseriousbusiness.org)",
    "Akkoma 3.15.2-0-gabc; https://akko.example <admin@claudebot.example>; Bot",
    "Pleroma 2.9.1; https://pleroma.example <ccbot@pleroma.example>",
    "Misskey/2025.4.1 (https://misskey.io)",
    "Sharkey/2025.4.3 (https://sharkey.example)",
    "Firefish/20240630 (https://firefish.example)",
    "Iceshrimp.NET/2025.1 (+https://iceshrimp.example/)",
    "PeerTube/7.2.0 (+https://framatube.org)",
    "Lemmy/0.19.12; +https://lemmy.world",
    "PieFed/1.2; +https://piefed.social",
    "MbinBot/1.8 (+https://fedia.io/agent)",
    "Friendica 'Blutwurz' 2024.12-1571; https://venera.social",
    "Hubzilla/10.2 (+https://hub.example)",
    "WordPress/6.8; https://blog.example; ActivityPub/6.0",
    "Threads/1.0 (https://threads.net/)",
    "Funkwhale/1.4.0 (python-requests/2.32; +https://open.audio)",
    "Mobilizon/5.1.2 +https://mobilizon.fr",
    "bookwyrm/0.7.5 (+https://bookwyrm.social)",
    "snac/2.77; +https://snac.example",
    "Fedify/2.3.0 (Node.js/v22.1.0; +https://hollo.example/)",
    "Epicyon/1.6.0; +https://epicyon.example/",
    "Owncast v0.2.1 (https://owncast.online)",
    "Castopod/1.12.7 (+https://podcast.example)",
    "takahe/0.11.0 (http.py; +https://takahe.social/)",
    "Bridgy Fed (https://fed.brid.gy/)",
    "Vernissage/1.18 (+https://vernissage.photos)",
)

PEOPLE = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",  # noqa: E501
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "NetNewsWire (RSS Reader; https://netnewswire.com/)",
    "Code/1.102 Electron/35 cursor",
)

AI = {
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)": "GPTBot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)": "OAI-SearchBot",  # noqa: E501
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot": "ChatGPT-User",  # noqa: E501
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)": "ClaudeBot",  # noqa: E501
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; Claude-User/1.0; +Claude-User@anthropic.com)": "Claude-User",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; Claude-SearchBot/1.0; +https://www.anthropic.com)": "Claude-SearchBot",
    "anthropic-ai": "anthropic-ai",
    "CCBot/2.0 (https://commoncrawl.org/faq/)": "CCBot",
    "Mozilla/5.0 (compatible; GoogleOther)": "GoogleOther",
    "GoogleOther-Image/1.0": "GoogleOther-Image",
    "GoogleOther-Video/1.0": "GoogleOther-Video",
    "Mozilla/5.0 (compatible; Google-CloudVertexBot; +https://cloud.google.com/)": "Google-CloudVertexBot",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)": "meta-externalagent",
    "Meta-ExternalFetcher/1.1": "meta-externalfetcher",
    "meta-webindexer/1.1": "meta-webindexer",
    "Mozilla/5.0 (compatible; FacebookBot/1.0; +https://developers.facebook.com/)": "FacebookBot",
    "Mozilla/5.0 (Macintosh) AppleWebKit/600.2.5 (KHTML, like Gecko) Version/8.0.2 Safari/600.2.5 (Amazonbot/0.1; +https://developer.amazon.com/support/amazonbot)": "Amazonbot",  # noqa: E501
    "Mozilla/5.0 (compatible; Amzn-SearchBot/0.1)": "Amzn-SearchBot",
    "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)": "Bytespider",  # noqa: E501
    "Mozilla/5.0 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)": "TikTokSpider",
    "Mozilla/5.0 (compatible; DeepSeekBot/1.0)": "DeepSeekBot",
    "cohere-ai": "cohere-ai",
    "cohere-training-data-crawler/1.0": "cohere-training-data-crawler",
    "Mozilla/5.0 (compatible) AI2Bot (+https://www.allenai.org/crawler)": "AI2Bot",
    "Mozilla/5.0 (compatible) Ai2Bot-Dolma (+https://www.allenai.org/crawler)": "Ai2Bot-Dolma",
    "Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)": "PetalBot",  # noqa: E501
    "PanguBot/1.0": "PanguBot",
    "ICC-Crawler/3.0 (Mozilla-compatible; ; https://ucri.nict.go.jp/en/icccrawler.html)": "ICC-Crawler",
    "Mozilla/5.0 (compatible; Kangaroo Bot; +https://kangaroollm.com.au/)": "Kangaroo Bot",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:72.0) Gecko/20100101 Firefox/72.0 (compatible; img2dataset; +https://github.com/rom1504/img2dataset)": "img2dataset",  # noqa: E501
    "LAIONDownloader/1.0": "LAIONDownloader",
    "Mozilla/5.0 (compatible; ImagesiftBot; +imagesift.com)": "ImagesiftBot",
    "Mozilla/5.0 (compatible; Diffbot/0.1; +http://www.diffbot.com)": "Diffbot",
    "omgili/0.5 +http://omgili.com": "omgili",
    "omgilibot/0.3 +http://www.omgili.com/Crawler.html": "omgilibot",
    "Webzio-Extended/1.0": "Webzio-Extended",
    "Timpibot/0.9 (+http://www.timpi.io)": "Timpibot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)": "PerplexityBot",  # noqa: E501
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)": "Perplexity-User",  # noqa: E501
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)": "Applebot",  # noqa: E501
    "DuckAssistBot/1.2; (+http://duckduckgo.com/duckassistbot.html)": "DuckAssistBot",
    "Mozilla/5.0 (compatible; YouBot (+http://www.you.com))": "YouBot",
    "MistralAI-User/1.0 (+https://docs.mistral.ai/robots)": "MistralAI-User",
    "Mozilla/5.0 (compatible; Google-NotebookLM)": "Google-NotebookLM",
}
