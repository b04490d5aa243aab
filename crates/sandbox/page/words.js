// The page's words. A missing Hindi word falls back to English.
const catalogue = {
  en: {
    skip: "Skip to the message field", sandbox: "sandbox", language: "Language", reset: "Start over", views: "Views",
    customers: "Customers", chat: "Chat", happening: "What is happening", activity: "Activity", newCustomer: "Another customer", rename: "Change name or number", name: "Name",
    phone: "Phone number", useThisPhone: "Use this phone", team: "Answer as the team", conversation: "Conversation",
    teamNote: "Conversations the bot handed over. Your answer goes out as a person of the team.", message: "Message",
    teamEmpty: "Nobody is waiting.", traffic: "Traffic", knobs: "Trouble",
    trafficEmpty: "Requests to the pretend services and webhooks to your server will appear here.",
    live: "Live", lost: "Reconnecting…", send: "Send", attach: "Attach", close: "Close", dark: "Use dark colours", light: "Use light colours",
    typing: "typing…", business: "Business account", you: "You are", placeholder: "Write a message",
    emptyTitle: "Say hello", emptyText: "What you write here reaches the server under test as a signed Meta webhook.",
    windowClosed: "The 24-hour window is closed: only templates can reach this customer.",
    location: "Location", image: "Picture", document: "Document", voice: "Voice note", contact: "Contact card",
    step: "step", flow: "flow", accepted: "accepted", sent: "sent", delivered: "delivered", read: "read", failed: "failed",
    choose: "Choose", sendLocation: "Send location", shareContact: "Share phone number", template: "template", video: "Video", sticker: "Sticker",
    elsewhere: "on another server, not loaded here", opens: "opens a new tab", unknownKind: "This kind is not shown here", today: "Today",
    request: "Request", answer: "Answer", headers: "Headers", webhook: "Webhook", attempt: "attempt", inbound: "message", noAnswer: "no answer", dropped: "dropped",
    latency: "Wait before answering", error_percent: "Server errors", too_many_percent: "Too many requests (429)", drop_percent: "Connections dropped",
    half_percent: "Answers cut in half", html_percent: "HTML in place of JSON", bytes_per_second: "Body speed (0 = full)", fail_next: "Refuse the next calls",
    delay_ms: "Delay", duplicate_percent: "Delivered twice", reorder_percent: "Out of order", bad_signature_percent: "Wrong signature",
    status_gap_ms: "Time between statuses", pair_limit: "Limit per recipient", hide_phone_numbers: "Hide phone numbers", webhooks: "Webhooks to you",
    whatsapp: "WhatsApp manners", closeWindow: "Close the 24-hour window", rest: "All knobs to rest", calm: "calm", turned: "turned",
    back: "Back", reply: "Reply", release: "Give back to the bot", customer: "Customer", bot: "Bot", agent: "Team", note: "Note", waitingSince: "waiting since",
    waiting: "waiting", replyHere: "Answer this customer", error_status: "Refuse with status",
    resetAsk: "Forget all chats and records of the sandbox?", newMessages: "new", notSent: "Not sent",
  },
  hi: {
    skip: "संदेश लिखने की जगह पर जाएँ", sandbox: "अभ्यास", language: "भाषा", reset: "नए सिरे से", views: "दृश्य",
    customers: "ग्राहक", chat: "बातचीत", happening: "क्या हो रहा है", activity: "हलचल", newCustomer: "नया ग्राहक", rename: "नाम या नंबर बदलें", name: "नाम",
    phone: "फ़ोन नंबर", useThisPhone: "यह फ़ोन चुनें", team: "टीम की ओर से उत्तर", conversation: "बातचीत",
    teamNote: "वे बातचीतें जो बॉट ने टीम को सौंपीं। आपका उत्तर टीम के सदस्य के रूप में जाएगा।", message: "संदेश",
    teamEmpty: "कोई प्रतीक्षा में नहीं है।", traffic: "आवाजाही", knobs: "गड़बड़ी",
    trafficEmpty: "सेवाओं को आए अनुरोध और आपके सर्वर को गए वेबहुक यहाँ दिखेंगे।",
    live: "जुड़ा है", lost: "फिर जोड़ रहे हैं…", send: "भेजें", attach: "जोड़ें", close: "बंद करें", dark: "गहरे रंग", light: "हल्के रंग",
    typing: "लिख रहा है…", business: "व्यवसाय खाता", you: "आप हैं", placeholder: "संदेश लिखें",
    emptyTitle: "नमस्ते कहें", emptyText: "यहाँ लिखा हुआ आपके सर्वर तक हस्ताक्षरित Meta वेबहुक बनकर पहुँचता है।",
    windowClosed: "24 घंटे की अवधि समाप्त: अब केवल टेम्पलेट भेजे जा सकते हैं।",
    location: "स्थान", image: "चित्र", document: "दस्तावेज़", voice: "आवाज़", contact: "संपर्क कार्ड",
    step: "चरण", flow: "प्रवाह", accepted: "स्वीकृत", sent: "भेजा गया", delivered: "पहुँचा", read: "पढ़ा गया", failed: "विफल",
    choose: "चुनें", sendLocation: "स्थान भेजें", shareContact: "फ़ोन नंबर साझा करें", template: "टेम्पलेट", video: "वीडियो", sticker: "स्टिकर",
    elsewhere: "दूसरे सर्वर पर है, यहाँ नहीं लाया गया", opens: "नया टैब खुलेगा", unknownKind: "यह प्रकार यहाँ नहीं दिखता", today: "आज",
    request: "अनुरोध", answer: "उत्तर", headers: "हेडर", webhook: "वेबहुक", attempt: "प्रयास", inbound: "संदेश", noAnswer: "उत्तर नहीं", dropped: "काटा गया",
    latency: "उत्तर से पहले रुकना", error_percent: "सर्वर त्रुटियाँ", too_many_percent: "बहुत अधिक अनुरोध (429)", drop_percent: "कटे कनेक्शन",
    half_percent: "आधे उत्तर", html_percent: "JSON की जगह HTML", bytes_per_second: "गति (0 = पूरी)", fail_next: "अगले अनुरोध ठुकराएँ",
    delay_ms: "देरी", duplicate_percent: "दो बार पहुँचे", reorder_percent: "क्रम बदला", bad_signature_percent: "ग़लत हस्ताक्षर",
    status_gap_ms: "स्थितियों के बीच समय", pair_limit: "प्रति ग्राहक सीमा", hide_phone_numbers: "फ़ोन नंबर छिपाएँ", webhooks: "आपको वेबहुक",
    whatsapp: "WhatsApp का व्यवहार", closeWindow: "24 घंटे की अवधि बंद करें", rest: "सब सामान्य करें", calm: "शांत", turned: "बदला",
    back: "वापस", reply: "उत्तर दें", release: "बॉट को लौटाएँ", customer: "ग्राहक", bot: "बॉट", agent: "टीम", note: "टिप्पणी", waitingSince: "प्रतीक्षा",
    waiting: "प्रतीक्षा में", replyHere: "इस ग्राहक को उत्तर दें", error_status: "इस स्थिति से ठुकराएँ",
    resetAsk: "अभ्यास की सारी बातचीत और अभिलेख मिटाएँ?", newMessages: "नए", notSent: "नहीं भेजा गया",
  },
};

let language = "en";

export const word = (key) => catalogue[language][key] ?? catalogue.en[key] ?? key;
export const locale = () => (language === "hi" ? "hi-IN" : "en-IN");

// Writes the words into everything that names one.
export function speak(chosen) {
  language = chosen in catalogue ? chosen : "en";
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  return language;
}
