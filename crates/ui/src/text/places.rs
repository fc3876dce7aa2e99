//! Words about shared workspaces that are opened by their address.

use super::T;

words! {
    /// The dialog that opens one.
    Places {
        open_shared: T = "打开共用工作区…", "Open a shared workspace...";
        title: T = "打开共用工作区", "Open a shared workspace";
        address: T = "地址", "Address";
        address_hint: T = "postgres://用户@服务器/数据库", "postgres://USER@SERVER/DATABASE";
        password: T = "数据库口令", "Password of the database";
        password_hint: T = "留空：用 PGPASSWORD、.pgpass 或系统密钥串里的", "Empty: that of PGPASSWORD, .pgpass or the system's keychain";
        files: T = "文件位置（只在新建时填写）", "Place of the files (only where it is to be made)";
        files_hint: T = "file:///共享文件夹 或 s3://存储桶/前缀", "file:///SHARE or s3://BUCKET/PREFIX";
        note: T = "在新窗口打开；口令存入系统密钥串", "Opens in a window of its own; the password goes to the keychain";
        waiting: T = "正在连接…", "Connecting...";
        open: T = "打开", "Open";
        make: T = "新建并打开", "Make and open";
    }
}
