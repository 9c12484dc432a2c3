public import Foundation

extension URL {
    /// The file that an argument names, as the system looks it up. Foundation takes `..` out of relative paths by their
    /// letters, so that `link/../file`, or `missing/../file`, would be another file.
    public init(argument path: String) {
        self.init(filePath: path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path)
    }
}
