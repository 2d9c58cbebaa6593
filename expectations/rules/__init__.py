"""What a rule is (`rule`), the SQL made from one (`statements`), its building blocks (`fragments`)."""
