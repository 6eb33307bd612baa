// In place of react-devtools-core, which ink would load with DEV=true: the program has no developer tools inside and opens no connection.
export default { initialize() {}, connectToDevTools() {} };
