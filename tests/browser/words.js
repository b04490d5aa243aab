// The dialogue of the worked example, word for word.

export const askedForEmail = [
  { customer: "Can someone look into my account?" },
  { bot: "Please share the email on your account.", step: "ask_email", flow: "customer-context" },
];

export const seesThePlan = [
  ...askedForEmail,
  { customer: "priya@example.com" },
  {
    bot: `Hi Priya Sharma, I can see your account.
Plan: Pro

Reply SUPPORT and a team member will pick this up,
or ORDERS to check your recent order status.`,
    step: "context",
    flow: "customer-context",
  },
];

export async function knownCustomer(phone) {
  await phone.say("Can someone look into my account?");
  await phone.shows(askedForEmail);
  await phone.say("priya@example.com");
  await phone.shows(seesThePlan);
}

export const handedOver = [
  ...seesThePlan,
  { customer: "SUPPORT" },
  { bot: "Thanks. A team member will pick this up.", step: "support", flow: "customer-context" },
];
