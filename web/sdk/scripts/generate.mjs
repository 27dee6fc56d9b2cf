console.log(`generate on ${process.version}`);
