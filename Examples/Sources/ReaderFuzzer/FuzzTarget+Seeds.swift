import Foundation

// Small files, made here, of formats whose fixtures are large.
extension FuzzTarget {
    static var safetensorsFile: [UInt8] {
        let header =
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
            + #""b":{"dtype":"F16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"U16","shape":[1],"#
            + #""data_offsets":[32,34]},"d":{"dtype":"I64","shape":[0],"data_offsets":[34,34],"note":[1,{}]}}"#
        return StoredZip.little(header.utf8.count, 8) + Array(header.utf8) + [UInt8](repeating: 1, count: 34)
    }

    /// A byte-level tokenizer with every kind of section.
    static var tokenizerFile: [UInt8] {
        let text = #"""
            {"version":"1.0","truncation":{"direction":"Left","max_length":9,"strategy":"LongestFirst","stride":1},
            "padding":{"strategy":{"Fixed":4},"direction":"Right","pad_to_multiple_of":3,"pad_id":1,"pad_type_id":0,
            "pad_token":"a"},"added_tokens":[{"id":0,"content":"<|im_end|>","single_word":false,"lstrip":true,
            "rstrip":false,"normalized":false,"special":true},{"id":9,"content":"na","single_word":true,"lstrip":false,
            "rstrip":true,"normalized":true,"special":false}],"normalizer":{"type":"Sequence","normalizers":[
            {"type":"NFC"}]},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":
            "(?i:'s|'ll)|[^\\r\\n\\p{L}]?\\p{L}+|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s+(?!\\S)|\\s*?"},
            "behavior":"MergedWithNext","invert":false},{"type":"Digits","individual_digits":true},
            {"type":"Split","pattern":{"String":"m"},"behavior":"Contiguous","invert":true},{"type":"Punctuation"},
            {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]},
            "post_processor":{"type":"Sequence","processors":[{"type":"TemplateProcessing","single":[{"SpecialToken":
            {"id":"e","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{"e":{"id":"e",
            "ids":[1,2],"tokens":["a","b"]}}},{"type":"RobertaProcessing","sep":["a",5],"cls":["b",6]}]},
            "decoder":{"type":"Sequence","decoders":[{"type":"ByteLevel"}]},"model":{"type":"BPE","dropout":null,
            "unk_token":"a","continuing_subword_prefix":null,"end_of_word_suffix":"","fuse_unk":true,
            "byte_fallback":false,"ignore_merges":true,"vocab":{"a":0,"n":1,"m":2,"e":3,"na":4,"me":5,"Ġ":6,"Ġna":7,
            "name":8},"merges":["n a","m e",["Ġ","na"],"na me"]}}
            """#
        return Array(text.utf8)
    }

    /// A unigram model with a character map of two rules.
    static var unigramFile: [UInt8] {
        func varint(_ value: Int) -> [UInt8] {
            value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128), UInt8(value >> 7)]
        }
        func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(bytes.count) + bytes }
        func piece(_ text: String, _ score: Float, _ kind: UInt8) -> [UInt8] {
            field(1, field(1, Array(text.utf8)) + [0x15] + StoredZip.little(Int(score.bitPattern), 4) + [0x18, kind])
        }
        var model = piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3)
        for (place, text) in ["▁", "n", "a", "m", "e", "▁na", "me", "name", "▁What", "is", "x▁y", "12", "你"]
            .enumerated()
        {
            model += piece(text, -Float(place), place % 5 == 4 ? 4 : 1)
        }
        // A trie of one unit that leads nowhere, and two replacements.
        let map: [UInt8] = [8, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0] + Array("abc".utf8) + [0] + Array("é".utf8) + [0]
        model += field(2, [0x18, 1, 0x98, 0x02, 0]) + field(3, field(2, map) + [0x18, 1, 0x20, 1, 0x28, 1])
        return model
    }
}
