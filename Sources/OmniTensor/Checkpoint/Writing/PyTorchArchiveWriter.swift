public import Foundation

/// Writes files that `torch.load` reads.
public enum PyTorchArchiveWriter {
    /// Writes a dictionary, usually a state dict.
    ///
    /// The file appears under its name when it is complete; memory holds one piece of one tensor at a time.
    ///
    /// - Throws: ``CheckpointError/Code/unwritable``.
    public static func write(_ dictionary: CheckpointDictionary, to url: URL) throws(CheckpointError) {
        try write(dictionary, to: url, wideLimit: Int(UInt32.max))
    }

    /// - Parameter wideLimit: from which size on the archive uses 64-bit fields; tests lower it.
    package static func write(
        _ dictionary: CheckpointDictionary, to url: URL, wideLimit: Int
    ) throws(CheckpointError) {
        let path = url.path(percentEncoded: false)
        let pickle = PickleWriter(dictionary)
        let prefix = url.deletingPathExtension().lastPathComponent
        var archive = try ZipWriter(path, wideLimit: wideLimit)
        try archive.add("\(prefix)/data.pkl", pickle.bytes)
        try archive.add("\(prefix)/byteorder", Array("little".utf8))
        for (key, (name, tensor)) in pickle.tensors.enumerated() {
            let byteCount = try tensor.byteCount(name, file: path)
            try archive.add("\(prefix)/data/\(key)", byteCount: byteCount) { (take) throws(CheckpointError) in
                try tensor.forEachPiece(take)
            }
        }
        try archive.add("\(prefix)/version", Array("3\n".utf8))
        try archive.finish()
    }

    /// An archive with a pickle and storages of the caller's making, however wrong: what tests of the reader need.
    package static func write(
        pickle: [UInt8], storages: [[UInt8]], byteOrder: String = "little", to url: URL
    ) throws(CheckpointError) {
        var archive = try ZipWriter(url.path(percentEncoded: false))
        try archive.add("any name/data.pkl", pickle)
        try archive.add("any name/byteorder", Array(byteOrder.utf8))
        for (key, storage) in storages.enumerated() { try archive.add("any name/data/\(key)", storage) }
        try archive.finish()
    }
}
