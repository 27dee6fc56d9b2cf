const no = (): Promise<never> => Promise.reject(new Error("placeholder"));
export const currentUser = no, indexedDbStorage = no, openParley = no, serverInfo = no, signIn = no, signUp = no;
