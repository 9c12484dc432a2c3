public import Foundation
internal import OmniCore

extension TextTokenizer {
    /// Reads the tokenizer of a directory, `tokenizer.json` before `tokenizer.model`, with the settings beside it; or
    /// one of those two files, then too with the settings beside it.
    ///
    /// Where the directory has both and the first cannot be read, the second is; ``passedOver`` says so then.
    ///
    /// - Throws: ``TokenizerError``; ``TokenizerError/Code/unreadable`` when the directory has neither file.
    public static func load(from url: URL) throws(TokenizerError) -> TextTokenizer {
        var isDirectory: ObjCBool = false
        // Safe: the flag outlives the call, which writes nothing else.
        guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
            throw TokenizerError(.unreadable, file: url.path, reason: "there is no such file")
        }
        guard isDirectory.boolValue else { return try load(file: url, directory: url.deletingLastPathComponent()) }
        let files = ["tokenizer.json", "tokenizer.model"].map { url.appending(path: $0) }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
        guard let first = files.first else {
            throw TokenizerError(
                .unreadable, file: url.path, reason: "the directory has neither tokenizer.json nor tokenizer.model")
        }
        do {
            return try load(file: first, directory: url)
        } catch {
            guard files.count == 2, var tokenizer = try? load(file: files[1], directory: url) else { throw error }
            tokenizer.passedOver = error
            return tokenizer
        }
    }

    private static func load(file: URL, directory: URL) throws(TokenizerError) -> TextTokenizer {
        let settings = try settings("tokenizer_config.json", in: directory)
        let bytes = try readFile(file)
        let model: Model
        var beginning: TokenID?
        var end: TokenID?
        // A JSON file starts with a brace; in a SentencePiece file that byte would be a field that there is not.
        if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }) == UInt8(ascii: "{"),
            file.pathExtension != "model"
        {
            let tokenizer = try ByteLevelBPETokenizer(json: bytes, file: file.path)
            let generation = try TextTokenizer.settings("generation_config.json", in: directory)
            beginning = try mark("bos", tokenizer, settings, generation)
            end = try mark("eos", tokenizer, settings, generation)
            model = .byteLevelBPE(tokenizer)
        } else if file.pathExtension == "json" {
            // Says what is wrong with it.
            model = .byteLevelBPE(try ByteLevelBPETokenizer(json: bytes, file: file.path))
        } else {
            let tokenizer = try SentencePieceTokenizer(model: bytes, file: file.path)
            (beginning, end) = (tokenizer.beginningOfText, tokenizer.endOfText)
            model = .sentencePiece(tokenizer)
        }
        let addsBeginning = try addsBeginning(settings, directory: directory)
        guard !addsBeginning || beginning != nil else {
            throw TokenizerError(
                .inconsistent, file: directory.path, field: "bos_token",
                reason: "texts are to begin with this token, but no file says which it is")
        }
        return TextTokenizer(model, beginningOfText: beginning, endOfText: end, addsBeginningOfText: addsBeginning)
    }

    /// A JSON file beside the tokenizer; `nil` when it is not there.
    private static func settings(_ name: String, in directory: URL) throws(TokenizerError) -> JSONNode? {
        let url = directory.appending(path: name)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        var scanner = try JSONScanner(try readFile(url), file: url.path)
        let value = try scanner.value()
        try scanner.expectEnd()
        return JSONNode(value: value, file: url.path, path: "")
    }

    private static func mark(
        _ kind: String, _ tokenizer: ByteLevelBPETokenizer, _ settings: JSONNode?, _ generation: JSONNode?
    ) throws(TokenizerError) -> TokenID? {
        if let node = try settings?.member("\(kind)_token") {
            // Either the token itself, or the token with its flags.
            let content: String
            if case .object = node.value {
                content = try node.required("content").text()
            } else {
                content = try node.text()
            }
            guard let id = tokenizer.id(for: content) else {
                throw node.fault(.inconsistent, "the vocabulary has no \"\(content)\"")
            }
            return id
        }
        guard var node = try generation?.member("\(kind)_token_id") else { return nil }
        // A model that may end in several ways lists them; the first is the one that is put there.
        if case .array = node.value, let first = try node.elements().first { node = first }
        guard let id = Int32(exactly: try node.integer()), id >= 0 else {
            throw node.fault(.malformed, "this is no id")
        }
        return TokenID(rawValue: id)
    }

    private static func addsBeginning(_ settings: JSONNode?, directory: URL) throws(TokenizerError) -> Bool {
        guard let settings else { return false }
        // Llama 3 does not say so in its settings.
        let name = directory.lastPathComponent
        if name.hasPrefix("Meta-Llama-3") || name.hasPrefix("Llama-3") { return true }
        if let flag = try settings.member("add_bos_token") { return try flag.boolean() }
        return try settings.member("tokenizer_class")?.string() == "LlamaTokenizer"
    }
}
