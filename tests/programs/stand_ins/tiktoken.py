"""tiktoken without its downloaded vocabulary: a token is a byte, or the end of the text."""

END = 50256


class Encoding:
    n_vocab = END + 1
    eot_token = END

    def encode(self, text, allowed_special=(), disallowed_special=()):
        parts = text.split("<|endoftext|>")
        tokens = list(parts[0].encode())
        for part in parts[1:]:
            tokens += [END, *part.encode()]
        return tokens

    encode_ordinary = encode

    def decode(self, tokens):
        return b"".join(b"<|endoftext|>" if t == END else bytes([t % 256]) for t in tokens).decode(
            errors="replace"
        )


def get_encoding(name):
    return Encoding()
